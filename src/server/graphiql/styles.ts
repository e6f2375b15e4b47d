/** What GraphiQL's own styles lack. */
export const styles = `
/* Pressed by the mouse, a tab shrinks away from under it, and is not selected. */
.graphiql-tab { transform: none !important }

/* More tabs than fit are reached by a finger, and by a mouse without a wheel. */
.graphiql-tab { touch-action: pan-x !important }
.graphiql-container .graphiql-tabs { overflow-x: auto; scrollbar-width: thin }
.graphiql-container .graphiql-tabs::-webkit-scrollbar { display: block; height: 6px }
.graphiql-container .graphiql-logo { white-space: nowrap }

/* A phone: what is side by side on a desk comes one below the other, as wide as the page. */
@media (max-width: 700px) {
	.graphiql-container { height: 100dvh }
	.graphiql-container .graphiql-sidebar { flex-direction: row; flex: none; width: auto; padding: 4px 8px }
	.graphiql-container .graphiql-sidebar > * { margin: 0 4px 0 0 !important }
	.graphiql-container .graphiql-container, .graphiql-container .graphiql-main { height: 100%; flex-direction: column }
	.graphiql-container .graphiql-main { flex: 1 1 0%; min-height: 0; width: 100% }
	.graphiql-container .graphiql-plugin { flex: 1.5 1 0% !important; min-width: 0 !important; width: auto; max-width: none; overflow-y: auto; padding: 8px 16px }
	.graphiql-container .graphiql-sessions { margin: 0 8px 8px; min-height: 0; max-width: none; min-width: 0 }
	.graphiql-container .graphiql-horizontal-drag-bar, .graphiql-container .graphiql-logo { display: none }
	.graphiql-container #graphiql-session { flex-direction: column; overflow-y: auto; padding: 0; gap: 8px }
	.graphiql-container .graphiql-editors { flex: 3 0 360px !important; width: auto }
	.graphiql-container .graphiql-response { flex: 2 0 240px !important; width: auto }
	.graphiql-container .graphiql-query-editor { padding: 8px }
}
`;
