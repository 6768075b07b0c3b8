import * as z from 'zod'

/** The module schema.ts with one setting more, which Qlik Cloud alone has. */
export function withNewSetting(schema: typeof import('./schema.ts')) {
  const { shape } = schema.configSchema
  const [cloud, ...others] = shape.deployments.valueType.options
  const dataRegion = z
    .enum(['eu', 'us'])
    .meta({
      flag: '--data-region <name>',
      description: 'where the data of the tenant is',
      otherwise: 'eu',
      elsewhere: 'client-managed Qlik is where its server is',
    })
    .optional()
  const products = [cloud.extend({ dataRegion }), ...others] as const
  const deployments = z.record(z.string(), z.discriminatedUnion('product', products))
  return { ...schema, configSchema: z.strictObject({ ...shape, deployments }) }
}
