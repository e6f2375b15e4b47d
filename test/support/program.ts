import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import { API, type Checker } from "typescript/unstable/sync";
import { projectPath } from "../../src/shared/project-root.ts";

/** The program as its compiler reads it: files as trees, with the types of their expressions. */
export interface CheckedProgram {
	readonly checker: Checker;
	/** A file, by its path from src on. Throws when there is none. */
	source(file: string): SourceFile;
	/** Ends the compiler. */
	close(): void;
}

export function openProgram(): CheckedProgram {
	const api = new API({ cwd: projectPath() });
	const project = api.updateSnapshot({ openProjects: [projectPath("tsconfig.json")] }).getProjects()[0];
	if (project === undefined) throw new Error("The compiler does not open tsconfig.json.");
	return {
		checker: project.checker,
		source: (file) => {
			const source = project.program.getSourceFile(projectPath("src", ...file.split("/")));
			if (source === undefined) throw new Error(`The compiler does not read src/${file}.`);
			return source;
		},
		close: () => api.close(),
	};
}

/** Calls back on each node of the tree, except on imports and types: what runs. */
export function eachNode(root: Node, visit: (node: Node) => void): void {
	const isNoCode = [SyntaxKind.ImportDeclaration, SyntaxKind.InterfaceDeclaration, SyntaxKind.TypeAliasDeclaration].includes(root.kind);
	if (isNoCode) return;
	visit(root);
	root.forEachChild((child) => {
		eachNode(child, visit);
		return undefined;
	});
}

/** The line of the file on which the place is, the first being 1. */
export const lineOf = ({ text }: SourceFile, position: number): number => text.slice(0, position).split("\n").length;
