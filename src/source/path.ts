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
