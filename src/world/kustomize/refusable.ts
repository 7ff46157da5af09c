/** What a kustomization file says that kustomize refuses, or that nothing is made of here. */
import { nearest } from "../../kube/nearest.ts";
import type { MapNode, Path } from "../../source/node.ts";
import { field, fieldNames, items, type Reader, text } from "./fields.ts";
import type { BuildProblem } from "./kustomization.ts";
import { locationOfSource } from "./locate.ts";

/** The other fields that kustomize knows; one that it does not know makes it refuse the whole kustomization. */
const furtherFields = [
  "apiVersion",
  "metadata",
  "images",
  "imageTags",
  "replicas",
  "sortOptions",
  "generatorOptions",
  "helmGlobals",
  "buildMetadata",
  "inventory",
];
const knownFields = new Set([...fieldNames, ...furtherFields].map((name) => name.toLowerCase()));

/** Fields that are unknown; none in a file that is no kustomization of kustomize, such as one of Flux. */
export function unknownFields(root: MapNode): readonly string[] {
  const apiVersion = text(field(root, "apiVersion")) ?? "";
  if (apiVersion !== "" && !apiVersion.startsWith("kustomize.config.k8s.io/")) return [];
  return root.entries.map(({ key }) => key).filter((key) => !knownFields.has(key.toLowerCase()));
}

/** A kustomization that says nothing is refused, and one of another version; what is none, such as one of Flux, is let be. */
export function refusalOf(root: MapNode): Reader["refusal"] {
  const [apiVersion = "", kind = "Kustomization"] = ["apiVersion", "kind"].map((name) =>
    text(field(root, name)),
  );
  const wanted = `kustomize.config.k8s.io/${kind === "Component" ? "v1alpha1" : "v1beta1"}`;
  if (!(apiVersion || wanted).startsWith("kustomize.config.k8s.io/")) return undefined;
  if (apiVersion !== "" && apiVersion !== wanted)
    return { field: "apiVersion", detail: `the apiVersion of a ${kind} is ${wanted}` };
  const says = ({ key, value }: MapNode["entries"][number]) =>
    !/^(?:apiVersion|kind)$/i.test(key) && (value.type !== "scalar" || (text(value) ?? "") !== "");
  return root.entries.some(says) ? undefined : { field: "kind", detail: "the kustomization is empty" };
}

export function problemsOf(reader: Reader): readonly BuildProblem[] {
  const problems: BuildProblem[] = [];
  const report = (kind: BuildProblem["kind"], subject: string, detail: string, path: Path) =>
    problems.push({
      kind,
      subject,
      detail,
      location: locationOfSource({ document: reader.document, path }),
      ...(kind === "refused" ? { refused: "always" as const } : undefined),
    });
  for (const name of ["helmCharts", "helmChartInflationGenerator"]) {
    items(reader.fields.get(name)).forEach((chart, index) => {
      const subject = text(field(chart, "name")) ?? text(field(chart, "chartName")) ?? name;
      report("helm", subject, `the chart ${subject} is not rendered`, [name, index]);
    });
  }
  const schema = text(field(reader.fields.get("openapi"), "path"));
  if (schema)
    report("schema", schema, `the schema ${schema} is not read; lists may be merged by other keys`, [
      "openapi",
      "path",
    ]);
  const { refusal } = reader;
  if (refusal) report("refused", refusal.field, refusal.detail, [refusal.field]);
  for (const name of reader.unknown) {
    const [meant] = nearest(name, [...fieldNames, ...furtherFields]);
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    report("refused", name, `it knows no field ${name}${hint}`, [name]);
  }
  return problems;
}
