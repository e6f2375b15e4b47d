/** A document's name as messages show it: a manifest may have any text there. */
export const shown = (id: string): string => JSON.stringify(id.length > 80 ? `${id.slice(0, 79)}…` : id);
