/** The products by their own names, as --for and the file have them. */
export const productNames = ['cloud', 'client-managed'] as const
export type ProductName = (typeof productNames)[number]
