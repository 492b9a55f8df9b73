// runners/installer/requirements.ts — the text of a requirements.txt → whether there is anything to install, and what uv takes of it.

/** Comments and blank lines ask for nothing; options without a requirement do not either. */
export function asksForPackages(text: string): boolean {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .some((line) => line !== '' && (!line.startsWith('-') || /^(?:-e|--editable|-r|--requirement)/.test(line)));
}

/**
 * As uv takes it: pip installs a repository "editable" where uv refuses to, and for an environment that is packed away there is
 * no difference. Lines keep their numbers.
 */
export const forUv = (text: string): string =>
  text.replaceAll(/^([ \t]*)(?:-e|--editable)(?:[ \t]+|=)(?=git\+)/gm, '$1');
