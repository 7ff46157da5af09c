/** The order of a map's keys in YAML that Kubernetes' writer makes (sigs.k8s.io/yaml 1.6): numbers in them count as numbers. */

const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;
const simple = /^[a-zA-Z]*$/;

/** Negative where `a` comes first: by the first character that differs, digits together as one number, letters last. */
export function compareYamlKeys(a: string, b: string): number {
  if (simple.test(a) && simple.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const left = [...a];
  const right = [...b];
  const length = Math.min(left.length, right.length);
  let at = 0;
  while (at < length && left[at] === right[at]) at++;
  if (at === length) return left.length - right.length;
  const [x = "", y = ""] = [left[at], right[at]];
  const points = (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
  const [isLetter, isOther] = [letter.test(x), letter.test(y)];
  if (isLetter && isOther) return points;
  if (isLetter || isOther) return isOther ? -1 : 1;
  // Behind the same digits, a zero counts as a digit of the number that began there.
  const start = (x === "0" || y === "0") && followsNumber(left, at) ? 1n : 0n;
  const [first, second] = [numberAt(left, at, start), numberAt(right, at, start)];
  if (first.value !== second.value) return first.value < second.value ? -1 : 1;
  return first.end - second.end || points;
}

function followsNumber(chars: readonly string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && digit.test(chars[i] ?? ""); i--) if (chars[i] !== "0") return true;
  return false;
}

function numberAt(chars: readonly string[], at: number, start: bigint): { value: bigint; end: number } {
  let value = start;
  let end = at;
  for (; end < chars.length && digit.test(chars[end] ?? ""); end++)
    value = BigInt.asIntN(64, value * 10n + BigInt((chars[end]?.codePointAt(0) ?? 0) - 48));
  return { value, end };
}
