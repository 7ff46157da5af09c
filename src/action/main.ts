/** The process of the GitHub Action: whatever goes wrong fails the step, with a message. */
import { setFailed } from "@actions/core";
import { runAction } from "./run.ts";

runAction().catch((error: unknown) => {
  const said = error instanceof Error ? error.message : String(error);
  setFailed(said.startsWith("sidelint: ") ? said : `sidelint: ${said}`);
});
