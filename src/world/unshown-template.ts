/** Templates that a pod asks for where nothing shows the injector's configuration: it may have templates of its own. */
import { edits, nearest } from "../kube/nearest.ts";

/** Whether a name that a stock install lacks is surely meant to be one of its templates: it is empty, or nearly the name of one. */
export function isSlipOfStock(name: string, known: readonly string[]): boolean {
  const meant = nearest(name, known)[0] ?? "";
  return name === "" || isSlip(name, meant);
}

/** Names with something added are rather templates of somebody's own. */
function isSlip(name: string, meant: string): boolean {
  return meant !== "" && !name.startsWith(meant) && edits(name, meant) <= (meant.length < 8 ? 1 : 2);
}
