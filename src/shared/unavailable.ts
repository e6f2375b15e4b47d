/** Cannot be done at the moment, through nobody's fault who asked: they are answered SERVICE_UNAVAILABLE, and may try again. */
export class Unavailable extends Error {
	override readonly name: string = "Unavailable";
}
