/** What every subscriber asks for. Both services answer it, and with the same fields. */
export const document = `subscription ($after: String) {
	policyFirings(after: $after) {
		... on PolicyFiringEvent {
			position
			firing {
				uuid kind created
				breaches { used limit component { type } }
				policy { uuid }
				offering { uuid name }
			}
		}
	}
}`;
