import { loadConfigJsonSchema } from '../../packages/jotgate/src/config/index.ts'

type Schema = Awaited<ReturnType<typeof loadConfigJsonSchema>>

/** The schema that is published with the package, for editors. */
export async function configSchemaFile(): Promise<string> {
  return `${JSON.stringify(await loadConfigJsonSchema(), null, 2)}\n`
}

/** The page docs/reference/config.md. */
export async function configReference(): Promise<string> {
  const schema = await loadConfigJsonSchema()
  const lines = [
    '# The configuration file',
    '',
    '<!-- Generated from packages/jotgate/src/config/schema.ts by `npm run docs`. Do not edit. -->',
    '',
    '`jotgate.config.json` is strict JSON. `jotgate init` writes one, `jotgate config check` tells all its problems at once,',
    'and `jotgate config print` says what holds and who said so. Unknown keys are errors. It holds no secret, only the place',
    'of each. Paths go from the folder of the file.',
    '',
    '```json',
    JSON.stringify(example, null, 2),
    '```',
    '',
    'Editors complete and check it by `$schema`; the schema is in the package, and `jotgate config schema` prints it.',
    '',
    '| key | type | |',
    '| --- | --- | --- |',
    ...rows('', schema),
  ]
  return `${lines.join('\n')}\n`
}

const example = {
  $schema: './node_modules/jotgate/config.schema.json',
  defaultDeployment: 'prod',
  deployments: {
    prod: {
      product: 'cloud',
      url: 'https://acme.eu.qlikcloud.com',
      signing: { key: { file: 'keys/qlik.pem' }, kid: 'acme-1', issuer: 'acme.example' },
    },
    site: {
      product: 'client-managed',
      url: 'https://sense.acme.example',
      prefix: 'jwt',
      userDirectory: 'ACME',
      signing: { key: { env: 'QLIK_KEY' }, lifetime: '5m' },
    },
  },
}

function rows(path: string, schema: Schema): string[] {
  const forms = (schema.oneOf ?? []).filter(({ properties }) => properties)
  if (forms.length > 0)
    return forms.flatMap((form) =>
      rows(`${path} (${String(form.properties?.product?.const)})`, form),
    )
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const key = path === '' ? name : `${path}.${name}`
    const need = schema.required?.includes(name) ? ', required' : ''
    return [
      `| \`${key}\` | ${typeOf(member)}${need} | ${member.description ?? ''} |`,
      ...rows(key, member),
    ]
  })
  const { additionalProperties } = schema
  const each =
    typeof additionalProperties === 'object' && additionalProperties.oneOf !== undefined
      ? rows(`${path}.NAME`, additionalProperties)
      : []
  return [...members, ...each]
}

function typeOf({ type, const: only, enum: list, additionalProperties }: Schema): string {
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (list !== undefined) return list.map((one) => `\`${JSON.stringify(one)}\``).join(' or ')
  return typeof additionalProperties === 'object' ? 'object by name' : (type ?? 'object')
}
