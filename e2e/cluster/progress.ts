// e2e/cluster/progress.ts — Long work → "step n of m: what (12 s)": in place on a terminal, plain lines elsewhere.

/** Tells what is going on inside a running step, such as the name of the tool that compiles. */
export type Note = (detail: string) => void;

/** Counts steps and shows them while they run; steps may overlap. */
export interface Progress {
  /** Announces that `steps` more steps will come, so that "of m" is right from the first line on. */
  expect(steps: number): void;
  /** Runs `work` as one step; a step that throws is shown as failed and throws on. */
  step<T>(what: string, work: (note: Note) => Promise<T>): Promise<T>;
}

interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

interface Running {
  readonly number: number;
  readonly what: string;
  readonly since: number;
  detail: string;
  toldDetail: string;
  toldAt: number;
}

/** Where lines cannot be rewritten: how long a step may be silent, and the least time between two details, in ms. */
const SILENCE_MS = 30_000;
const DETAIL_MS = 5_000;

/** Progress that writes to `screen` (standard error unless given); `nowMs` is the clock in ms. */
export function createProgress(screen: Screen = process.stderr, nowMs: () => number = Date.now): Progress {
  const live = screen.isTTY === true;
  const running = new Set<Running>();
  let started = 0;
  let total = 0;
  let ticker: NodeJS.Timeout | undefined;

  const line = (step: Running, state: string) =>
    stepLine({ number: step.number, total, what: step.what, seconds: (nowMs() - step.since) / 1000, state });
  const erase = () => (live ? '\r\u001b[2K' : '');
  const redraw = () => {
    const oldest = running.values().next().value;
    if (oldest) screen.write(erase() + cut(line(oldest, oldest.detail), screen.columns ?? 120));
  };
  const tell = (step: Running) => {
    step.toldAt = nowMs();
    step.toldDetail = step.detail;
    screen.write(`${line(step, step.detail || 'still at it')}\n`);
  };
  const tick = () => {
    if (live) return redraw();
    for (const step of running) {
      const quietMs = nowMs() - step.toldAt;
      const hasNews = step.detail !== step.toldDetail && quietMs >= DETAIL_MS;
      if (hasNews || quietMs >= SILENCE_MS) tell(step);
    }
  };

  return {
    expect(steps) {
      total = Math.max(total, started) + steps;
    },
    async step(what, work) {
      started += 1;
      total = Math.max(total, started);
      const step: Running = { number: started, what, since: nowMs(), detail: '', toldDetail: '', toldAt: nowMs() };
      running.add(step);
      if (live) redraw();
      else screen.write(`step ${step.number} of ${total}: ${what} …\n`);
      ticker ??= setInterval(tick, 1000).unref();
      const end = (state: string) => {
        running.delete(step);
        screen.write(`${erase()}${line(step, state)}\n`);
        if (live) redraw();
        if (running.size === 0) {
          clearInterval(ticker);
          ticker = undefined;
        }
      };
      const note: Note = (detail) => {
        step.detail = detail;
        if (live) redraw();
      };
      try {
        const value = await work(note);
        end('');
        return value;
      } catch (cause) {
        end('failed');
        throw cause;
      }
    },
  };
}

/** One line of progress: `step 2 of 9: compile the tools (12 s): kubelet`. */
export function stepLine(step: {
  number: number;
  total: number;
  what: string;
  seconds: number;
  state: string;
}): string {
  const tail = step.state === '' ? '' : `: ${step.state}`;
  return `step ${step.number} of ${step.total}: ${step.what} (${duration(step.seconds)})${tail}`;
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const cut = (text: string, columns: number) => (text.length < columns ? text : `${text.slice(0, columns - 2)}…`);
