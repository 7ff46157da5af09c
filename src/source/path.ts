/** Paths with `/`, as text: made absolute, and relative to a directory above. */

/** A path as given, absolute and without `.` and `..`; "" is the top of the file system. */
export function absolutePath(cwd: string, given: string): string {
  const start = given.startsWith("/") || /^[A-Za-z]:(?:\/|$)/.test(given) ? given : `${cwd}/${given}`;
  const parts: string[] = [];
  for (const part of start.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const path = parts.join("/");
  return path === "" || start.startsWith("/") ? path && `/${path}` : path;
}

/** What follows a directory in an absolute path; undefined when the path does not lie below it. */
export function pathBelow(base: string, path: string): string | undefined {
  return path.startsWith(base) && path.charAt(base.length) === "/" ? path.slice(base.length + 1) : undefined;
}

/** Whether a path is `root` or lies below it. */
export function isInside(root: string, path: string): boolean {
  if (root === "." || root === path) return true;
  return path.startsWith(root) && (root.endsWith("/") || path.charAt(root.length) === "/");
}

/** An absolute path relative to a directory, with `..` where it lies outside. */
export function relativePath(cwd: string, absolute: string): string {
  if (absolute === cwd) return ".";
  if (isInside(cwd, absolute) && cwd !== "") return absolute.slice(cwd.length + 1);
  if (cwd === "") return absolute.slice(1) || ".";
  const from = cwd.split("/");
  const to = absolute.split("/");
  let same = 0;
  while (same < from.length && same < to.length && from[same] === to[same]) same++;
  if (same === 0) return absolute;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}
