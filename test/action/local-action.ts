/** The action as a runner for developers starts it: a module with a function `run`. */
export { runAction as run } from "../../src/action/run.ts";
