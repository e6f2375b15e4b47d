/** The text without line breaks and other control characters: a name that a user chose cannot begin a line, or a header, of its own. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
