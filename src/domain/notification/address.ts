/**
 * Whether the text has a character that no address needs and that mail servers, terminals or readers take for something
 * else: control characters such as line breaks and NUL, invisible ones, and separators other than a space.
 */
export const hasHiddenCharacter = (text: string): boolean => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);

/** Whether messages can be addressed to it, as far as its form shows. */
export const isAddress = (text: string): boolean => text.length <= 254 && !hasHiddenCharacter(text) && /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/.test(text);
