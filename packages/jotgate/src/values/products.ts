/** The two products, by their own names. */
export const productNames = ['cloud', 'client-managed'] as const

/** Qlik Cloud, or client-managed Qlik Sense. */
export type ProductName = (typeof productNames)[number]
