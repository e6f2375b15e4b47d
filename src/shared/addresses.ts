import { isIP } from "node:net";

/** An origin as browsers write it, such as https://portal.example.org. */
export const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** A name or an address, without a port. */
export const isHost = (text: string): boolean => isIP(text) !== 0 || /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text);

/** An address of the web. */
export const isHttpUrl = (text: string): boolean => URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);

/** An address, or a range of them such as 10.0.0.0/8. */
export function isRange(text: string): boolean {
	const [, address = "", prefix = "0"] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
	return isIP(address) !== 0 && Number(prefix) <= (isIP(address) === 6 ? 128 : 32);
}
