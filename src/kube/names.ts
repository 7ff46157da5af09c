/** What Kubernetes accepts as a label key, a label value and a DNS name, with the reasons why not. */

const LABEL_LENGTH = 63;
const SUBDOMAIN_LENGTH = 253;

const QUALIFIED = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/**
 * Why a text is no label key (also: annotation key, qualified name): one reason for each thing wrong, none when it is valid.
 * As IsLabelKey of Kubernetes 1.35, in the same number and order.
 */
export function labelKeyErrors(key: string): readonly string[] {
  const parts = key.split("/");
  if (parts.length > 2) return ["takes one '/' at most, between a DNS name and a name"];
  const errors: string[] = [];
  const name = parts.at(-1) ?? "";
  const [prefix] = parts;
  if (parts.length === 2 && prefix !== undefined) {
    if (prefix === "") errors.push("the part before '/' is empty");
    else errors.push(...dnsSubdomainErrors(prefix).map((reason) => `the part before '/' ${reason}`));
  }
  if (name === "") errors.push("the name is empty");
  else if (tooLong(name, LABEL_LENGTH)) errors.push(`the name ${lengthReason(LABEL_LENGTH)}`);
  if (!QUALIFIED.test(name)) errors.push(`the name ${QUALIFIED_REASON}`);
  return errors;
}

/** Why a text is no label value; the empty text is one. As IsLabelValue of Kubernetes 1.35. */
export function labelValueErrors(value: string): readonly string[] {
  if (value === "") return [];
  const errors: string[] = [];
  if (tooLong(value, LABEL_LENGTH)) errors.push(lengthReason(LABEL_LENGTH));
  if (!QUALIFIED.test(value)) errors.push(QUALIFIED_REASON);
  return errors;
}

/** Why a text is no DNS subdomain, the name of most objects. As IsDNS1123Subdomain. */
export function dnsSubdomainErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (tooLong(name, SUBDOMAIN_LENGTH)) errors.push(lengthReason(SUBDOMAIN_LENGTH));
  if (!isSubdomain(name)) {
    errors.push(
      "takes lower-case letters, digits, '-' and '.', and each part between dots starts and ends with a letter or digit",
    );
  }
  return errors;
}

/** Why a text is no DNS label, the name of a namespace, container or port. As IsDNS1123Label. */
export function dnsLabelErrors(name: string): readonly string[] {
  const errors: string[] = [];
  if (tooLong(name, LABEL_LENGTH)) errors.push(lengthReason(LABEL_LENGTH));
  if (!DNS_LABEL.test(name)) {
    errors.push(
      isSubdomain(name)
        ? "takes no dots"
        : "takes lower-case letters, digits and '-', and starts and ends with a letter or digit",
    );
  }
  return errors;
}

const QUALIFIED_REASON =
  "takes letters, digits, '-', '_' and '.', and starts and ends with a letter or digit";

function lengthReason(limit: number): string {
  return `is longer than ${limit} bytes`;
}

function isSubdomain(name: string): boolean {
  return name.split(".").every((part) => DNS_LABEL.test(part));
}

/** Whether the UTF-8 form is longer than a number of bytes, without encoding it. */
function tooLong(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (text.length * 3 <= bytes) return false;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair makes two of its four bytes.
    length += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return length > bytes;
}
