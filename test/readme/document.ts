import { readFileSync } from "node:fs";
import { projectPath } from "../../src/shared/project-root.ts";

/** A fenced block of README.md. */
export interface Block {
	readonly language: string;
	readonly text: string;
	/** Text of the next block, which shows what this one answers. */
	readonly answer: string;
	/** Where the block begins, for names of tests. */
	readonly line: number;
}

export const readme = readFileSync(projectPath("README.md"), "utf8");

/** All fenced blocks, in order. */
export const blocks: readonly Block[] = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
	.map(({ 1: language = "", 2: text = "", index }) => ({ language, text, line: readme.slice(0, index).split("\n").length }))
	.map((block, index, all) => ({ ...block, answer: all[index + 1]?.text ?? "" }));

/** The one block of the language that holds the text. Fails when there is none, or another one too. */
export function blockWith(language: string, text: string): Block {
	const [found, ...others] = blocks.filter((block) => block.language === language && block.text.includes(text));
	if (found === undefined || others.length > 0) throw new Error(`README.md must have one ${language} block with "${text}".`);
	return found;
}

/** The part below the heading, up to the next heading. */
export function section(heading: string): string {
	const [, text] = readme.split(new RegExp(`^#{2,3} ${heading}$`, "m"));
	if (text === undefined) throw new Error(`README.md has no heading "${heading}".`);
	return text.split(/^#{2,3} /m)[0] ?? "";
}

/** The first column of the tables below the heading, without their heads and code marks. */
export const namesUnder = (heading: string): string[] => [...section(heading).matchAll(/^\| `?([^|`]+)`? \|.*\n(?!\|-)/gm)].map(({ 1: name = "" }) => name);
