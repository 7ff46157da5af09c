/** The name of a baseline, which help and reports tell without reading one. */

/** Where a baseline is looked for, and written, unless somebody names another. */
export const baselineName = "sidelint-baseline.json";
