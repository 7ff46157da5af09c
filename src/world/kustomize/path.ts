/** The paths of kustomizations: relative ones joined, remote ones recognised. */

/** A path relative to a directory that is such a path itself, without `.` and inner `..`; "." is the top. A `..` above the top stays. */
export function joinPath(directory: string, path: string): string {
  // Most entries are files beside the kustomization.
  if (!path.includes("/") && path !== "" && path !== "." && path !== "..") {
    return directory === "." ? path : directory === "/" ? `/${path}` : `${directory}/${path}`;
  }
  const absolute = directory.startsWith("/");
  const parts: string[] = [];
  for (const part of `${directory}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    const last = parts.at(-1);
    if (part !== "..") parts.push(part);
    else if (last !== undefined && last !== "..") parts.pop();
    else if (!absolute) parts.push(part);
  }
  return `${absolute ? "/" : ""}${parts.join("/")}` || ".";
}

/** Whether `directory` is `other` or above it. */
export function contains(directory: string, other: string): boolean {
  if (directory === other) return true;
  if (directory === ".") return !other.startsWith("/") && other !== ".." && !other.startsWith("../");
  return other.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/**
 * Whether kustomize (v5.8.1) would go to the network, or clone a repository, for an entry of `resources` or
 * `components` that is no file: http(s) URLs, and whatever its git URL reader accepts.
 */
export function isRemote(path: string): boolean {
  // Most entries are plain paths; every remote form has one of these.
  if (!path.includes(":") && !path.includes("@") && !/^github\.com\//i.test(path)) return false;
  return /^https?:\/\//i.test(path) || isRepository(path);
}

function isRepository(entry: string): boolean {
  if (entry.startsWith("/")) return false;
  let rest = (entry.split("?", 1)[0] ?? "").replace(/^git::/i, "");
  const scheme = /^(?:ssh|https?|file):\/\//i.exec(rest)?.[0].toLowerCase() ?? "";
  rest = rest.slice(scheme.length);
  const user = /^[a-z][a-z0-9-]*@/i.exec(rest)?.[0] ?? "";
  rest = rest.slice(user.length);
  if (scheme === "file://") return user + rest !== "";
  const github = /^github\.com[/:]/i.test(rest);
  const scp = scheme === "" && (user !== "" || github);
  if (scheme === "" && !scp) return false;
  const end = hostEnd(rest, scp);
  if (end === 0 || (end < 0 && rest === "")) return false;
  return end > 0 && hasRepositoryPath(rest.slice(end));
}

/** The length of the host with its separator; -1 without a separator, 0 without a host. */
function hostEnd(rest: string, scp: boolean): number {
  const slash = rest.indexOf("/");
  const colon = scp ? rest.indexOf(":") : -1;
  const at = colon > 0 && (slash < 0 || colon < slash) ? colon : slash;
  return at < 0 ? -1 : at === 0 ? 1 : at + 1;
}

function hasRepositoryPath(path: string): boolean {
  const [repository, inside] = splitRepository(path);
  return repository !== "" && joinPath(".", inside.replace(/^\/+/, "")).split("/")[0] !== "..";
}

function splitRepository(path: string): readonly [string, string] {
  const azure = path.indexOf("_git/");
  if (azure >= 0) {
    const slash = path.indexOf("/", azure + "_git/".length);
    return slash < 0 ? [path, ""] : [path.slice(0, slash), path.slice(slash + 1)];
  }
  const double = path.indexOf("//");
  if (double >= 0) return [path.slice(0, double), path.slice(double + 2)];
  const git = path.indexOf(".git");
  if (git >= 0) return [path.slice(0, git + 4), path.slice(git + 4)];
  const segments = path.split("/");
  return segments.length < 2 ? ["", ""] : [segments.slice(0, 2).join("/"), segments.slice(2).join("/")];
}
