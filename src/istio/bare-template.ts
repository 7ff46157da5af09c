/** The name of the profile's template for releases that have one template; apart from the profile, as what makes that asks for it. */
export const bareTemplate = "bare";
