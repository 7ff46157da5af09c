/** Real Chromium, driven over a pipe, for tests of pages; undefined where none is installed. */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

export interface Browser {
  /** Calls a method of the DevTools protocol, on the page where one is open. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** The value of an expression on the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Opens a page and waits until it is loaded. */
  open(url: string): Promise<void>;
  close(): Promise<void>;
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The program that CHROMIUM names, else one on the PATH. */
export function chromiumPath(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const directories = (process.env.PATH ?? "").split(delimiter);
  return directories.flatMap((directory) => names.map((name) => join(directory, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it without a window, in a directory of its own. */
export async function startBrowser(program: string): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), "sidelint-chromium-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"];
  const child = spawn(
    program,
    [...flags, `--user-data-dir=${home}`, "--remote-debugging-pipe", "about:blank"],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    },
  );
  const call = conversation(child);
  const { targetInfos } = (await call("Target.getTargets")) as {
    targetInfos: { type: string; targetId: string }[];
  };
  const target = targetInfos.find(({ type }) => type === "page");
  const { sessionId } = await call("Target.attachToTarget", { targetId: target?.targetId, flatten: true });
  const send = (method: string, params: object = {}) => call(method, params, String(sessionId));
  await send("Page.enable");
  const evaluate = async (expression: string) => {
    const { result } = await send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    return (result as { value?: unknown }).value;
  };
  return {
    send,
    evaluate,
    async open(url) {
      await send("Page.navigate", { url });
      for (let waited = 0; waited < 100; waited++) {
        const state = await evaluate("location.href + ' ' + document.readyState");
        if (state === `${url} complete`) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`${url} did not load`);
    },
    async close() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      await call("Browser.close").catch(() => child.kill());
      await gone;
      // Its helpers may write for a moment longer.
      rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

type Call = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** Requests and answers as JSON with a zero byte after each. */
function conversation(child: ChildProcess): Call {
  const output = child.stdio[3] as Writable;
  const input = child.stdio[4] as Readable;
  const waiting = new Map<number, (answer: { result?: Record<string, unknown>; error?: unknown }) => void>();
  let rest = "";
  input.setEncoding("utf8");
  input.on("data", (chunk: string) => {
    const messages = (rest + chunk).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const answer = JSON.parse(message);
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    }
  });
  let last = 0;
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const late = setTimeout(() => reject(new Error(`${method}: no answer`)), 20_000);
      child.once("exit", () => reject(new Error("the browser went away")));
      child.setMaxListeners(0);
      waiting.set(id, ({ result, error }) => {
        clearTimeout(late);
        if (error) reject(new Error(`${method}: ${JSON.stringify(error)}`));
        else resolve(result ?? {});
      });
      output.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
}
