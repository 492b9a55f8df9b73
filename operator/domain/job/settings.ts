// operator/domain/job/settings.ts — what the operator's configuration adds to every Job.

/** Quantities by resource, as in Kubernetes. */
export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface JobSettings {
  /** https://…, as pods reach the operator. */
  readonly serviceUrl: string;
  /** PEM text of the certificates that pods trust for it, as of now: see `withCa`. */
  readonly ca: string;
  readonly runnerNodeImage: string;
  /** For actions of packs, unless theirs brings an image. */
  readonly runnerPythonImage: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** Names of Secrets in the Execution's namespace. */
  readonly imagePullSecrets: readonly string[];
  readonly podResources: Resources;
  /** Variables of every pod, for example of a proxy. */
  readonly extraPodEnvironment: Readonly<Record<string, string>>;
  /** How long a runner tries to deliver its result. */
  readonly deliverySeconds: number;
  /** Hash of a text, in hex. */
  readonly sha256: (text: string) => string;
}

/** Settings that ask for the CA at every Job, because it may change while the operator runs; a copy by spreading would not. */
export const withCa = <S extends object>(settings: S, ca: () => string): S & Pick<JobSettings, 'ca'> => ({
  ...settings,
  get ca() {
    return ca();
  },
});
