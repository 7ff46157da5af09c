/** The version of sidelint, put in by the build; the sources alone have none. */
declare const SIDELINT_VERSION: string | undefined;

export const version = typeof SIDELINT_VERSION === "string" ? SIDELINT_VERSION : "0.0.0-source";
