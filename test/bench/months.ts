/** The twelve billing months of the world, from the first to the last. */
export const firstMonth = "2025-12";
export const month = "2026-11";
