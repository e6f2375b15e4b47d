import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { projectPath } from "../../src/shared/project-root.ts";

/** A fenced block of a page. */
export interface Block {
	readonly language: string;
	readonly text: string;
	/** Text of the next block, which shows what this one answers. */
	readonly answer: string;
	/** Where the block begins, for names of tests. */
	readonly line: number;
}

/** A link of a page to a file of the repository, or to a heading in one. */
export interface Link {
	readonly line: number;
	/** From the repository's root; a folder ends without a slash. */
	readonly path: string;
	/** The heading's anchor; empty without one. */
	readonly anchor: string;
}

/** A page of the documentation. */
export class Page {
	/** From the repository's root. */
	readonly path: string;
	readonly text: string;

	constructor(path: string) {
		this.path = path;
		this.text = readFileSync(projectPath(path), "utf8");
	}

	/** All fenced blocks, in order. */
	get blocks(): readonly Block[] {
		return [...this.text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
			.map(({ 1: language = "", 2: text = "", index }) => ({ language, text, line: lineAt(this.text, index) }))
			.map((block, index, all) => ({ ...block, answer: all[index + 1]?.text ?? "" }));
	}

	/** The one block of the language that holds the text. Fails when there is none, or another one too. */
	blockWith(language: string, text: string): Block {
		const [found, ...others] = this.blocks.filter((block) => block.language === language && block.text.includes(text));
		if (found === undefined || others.length > 0) throw new Error(`${this.path} must have one ${language} block with "${text}".`);
		return found;
	}

	/** The part below the heading, up to the next heading. */
	section(heading: string): string {
		const [, text] = this.text.split(new RegExp(`^#{2,3} ${heading}$`, "m"));
		if (text === undefined) throw new Error(`${this.path} has no heading "${heading}".`);
		return text.split(/^#{2,3} /m)[0] ?? "";
	}

	/** The rows of the tables below the heading, without their heads and code marks. */
	rowsUnder(heading: string): string[][] {
		const rows = this.section(heading).matchAll(/^\|(.*)\|\n(?!\|-)/gm);
		return [...rows]
			.filter(({ 1: row = "" }) => !row.startsWith("-"))
			.map(({ 1: row = "" }) => row.split("|").map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")));
	}

	/** The first column of the tables below the heading. */
	namesUnder(heading: string): string[] {
		return this.rowsUnder(heading).map(([name = ""]) => name);
	}

	/** The anchors of its headings, as GitHub makes them: a heading that is there twice gets a number. */
	get anchors(): readonly string[] {
		const seen = new Map<string, number>();
		return [...this.#prose.matchAll(/^#{1,6} (.+)$/gm)].map(({ 1: heading = "" }) => {
			const anchor = heading
				.toLowerCase()
				.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
				.replaceAll(" ", "-");
			const times = seen.get(anchor) ?? 0;
			seen.set(anchor, times + 1);
			return times === 0 ? anchor : `${anchor}-${times}`;
		});
	}

	/** Its links, but for those to other sites. */
	get links(): readonly Link[] {
		return [...this.#prose.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(({ 1: target = "", 2: anchor = "", index }) => ({
			line: lineAt(this.#prose, index),
			path: target === "" ? this.path : posix.join(dirname(this.path), target),
			anchor,
		}));
	}

	/** The files of the repository that it names in code marks, from the root. A folder ends with a slash there. */
	get files(): readonly string[] {
		return [...this.#prose.matchAll(/`((?:src|test|prisma|\.deploy|\.ci)\/[\w./-]*)`/g)].map(({ 1: path = "" }) => path);
	}

	/** Its text with the lines of fenced blocks empty, so that lines keep their numbers. */
	get #prose(): string {
		return this.text.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll(/.+/g, ""));
	}
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;

/** Where each page is: README.md first, then in the order of their paths. */
const paths = ["README.md", ...["src", "test", ".deploy"].flatMap(pagesIn).sort()];

function pagesIn(folder: string): string[] {
	const files = readdirSync(projectPath(folder), { recursive: true, encoding: "utf8" });
	return files
		.filter((file) => file.endsWith(".md") && !file.includes("node_modules") && !file.startsWith("generated"))
		.map((file) => posix.join(folder, file));
}

export const pages: readonly Page[] = paths.map((path) => new Page(path));

/** The page at the path, from the repository's root. */
export function page(path: string): Page {
	const found = pages.find((each) => each.path === path);
	if (found === undefined) throw new Error(`There is no page ${path}.`);
	return found;
}

export const readme = page("README.md");
