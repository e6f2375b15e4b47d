/** The texts without the difference between a list of one uuid, which is an equality, and a longer one. */
export const withoutListSizes = (texts: readonly string[]): string[] => texts.map((text) => text.replaceAll(/= any\((\$\d+)::uuid\[\]\)/g, "= $1::uuid"));
