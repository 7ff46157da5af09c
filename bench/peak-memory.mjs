// Preloaded into a measured process: at its end writes the peak of its resident memory, in KiB, to a file.
import { writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS)));
