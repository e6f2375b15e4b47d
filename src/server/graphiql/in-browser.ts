/** The script that declares the function in a browser, by its own text. What bundles the sources may mark functions in it with `__name`. */
export const inBrowser = (name: string, declared: (...args: never) => unknown): string =>
	`const ${name} = (() => { const __name = (marked) => marked; return ${declared.toString()}; })();\n`;
