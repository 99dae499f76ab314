type Labels = Readonly<Record<string, string>>;

/** The label in the person's language, else the field's own title, else its name. */
export function labelOf(
  { name, title }: { readonly name: string; readonly title?: string },
  labels: Labels,
): string {
  return labels[name] ?? title ?? name;
}

/** Of one of the texts that a field may have; without a label it is told as it is stored. */
export function labelOfOption(name: string, option: string, labels: Labels): string {
  return labels[`${name}.${option}`] ?? option;
}
