import {
  annotatedJsonSchema,
  configJsonSchema,
  type JsonSchema,
  sentenceOf,
} from '../../packages/jotgate/src/config/json-schema.ts'
import { listSettings } from '../../packages/jotgate/src/config/list-settings.ts'
import { products } from '../../packages/jotgate/src/config/products.ts'
import { optionOf, type Setting, variableOf } from '../../packages/jotgate/src/config/setting.ts'

/** The schema that is published with the package, for editors. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`
}

/** The page docs/reference/config.md. */
export function configReference(): string {
  const { properties = {}, required } = annotatedJsonSchema()
  const lines = [
    '# The configuration file and its settings',
    '',
    '<!-- Generated from packages/jotgate/src/config/schema.ts by `npm run docs`. Do not edit. -->',
    '',
    '`jotgate.config.json` is strict JSON. `jotgate init` writes one, `jotgate config check` lists all its mistakes at once,',
    'and `jotgate config print` shows each setting and where it comes from. Unknown keys are errors. The file holds no',
    'secret, only the place of each. Relative paths start at the folder of the file.',
    '',
    'A file in the working folder is not obeyed if another user owns it or may write it, since it says where tokens are sent:',
    'name such a file by `--config` or `JOTGATE_CONFIG` if you trust it.',
    '',
    '```json',
    JSON.stringify(example, null, 2),
    '```',
    '',
    'Editors complete and check the file by `$schema`; the schema is in the package, and `jotgate config schema` prints it.',
    '',
    '| key | type | |',
    '| --- | --- | --- |',
    ...Object.entries(properties).map(([name, member]) =>
      row(`\`${name}\``, typeOf(member, required?.includes(name)), describe(member)),
    ),
    '',
    '## The settings of a deployment',
    '',
    'Each key stands below `deployments.NAME`. The option counts more than the environment variable, the variable more than',
    'the file, and the file more than the default.',
    '',
    '| key | for | type | option and variable | |',
    '| --- | --- | --- | --- | --- |',
    ...listSettings().flatMap((setting) => [
      row(
        `\`${setting.place}\``,
        titles(setting),
        formOf(setting),
        ways(setting),
        sentenceOf(setting),
      ),
      ...memberRows(setting, schemaAt(setting.place), setting.place),
    ]),
    '',
    '## The settings of the gateway',
    '',
    'Each key stands below `gateway`, for `jotgate gateway`. Only the file has them.',
    '',
    '```json',
    JSON.stringify({ gateway }, null, 2),
    '```',
    '',
    '| key | type | |',
    '| --- | --- | --- |',
    ...gatewayRows(properties.gateway ?? {}, [], false),
  ]
  return `${lines.join('\n')}\n`
}

/** A row for each member of a setting that is an object, or a list of them. */
function memberRows(setting: Setting, schema: JsonSchema, place: string): string[] {
  const [{ properties = {}, required = [] }, inside] =
    schema.items === undefined ? [schema, place] : [schema.items, `${place}[]`]
  return Object.entries(properties).flatMap(([name, member]) => {
    const path = `${inside}.${name}`
    const type = `${kindOf(member)}${required.includes(name) ? ', required' : ''}`
    const words = sentenceOf({ description: '', ...member })
    return [
      row(`\`${path}\``, titles(setting), type, 'file only', words),
      ...memberRows(setting, member, path),
    ]
  })
}

/** The schema of a setting, of the first product that has it. */
function schemaAt(place: string): JsonSchema {
  const each = annotatedJsonSchema().properties?.deployments?.additionalProperties
  const forms = typeof each === 'object' ? (each.oneOf ?? []) : []
  const found = forms.map((form) =>
    place
      .split('.')
      .reduce<JsonSchema | undefined>((schema, step) => schema?.properties?.[step], form),
  )
  return found.find((schema) => schema !== undefined) ?? {}
}

const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`

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

const gateway = {
  publicUrl: 'https://qlik.acme.example',
  allowedOrigins: ['https://www.acme.example'],
  trustedProxies: ['10.0.0.0/8'],
  identify: {
    assertion: { issuer: 'https://www.acme.example', keyFiles: ['keys/host-application.pem'] },
  },
  authorise: { subject: 'acme|{subject}', groups: { allow: ['sales', 'eu-*'] } },
  session: { idle: '30m', absolute: '8h' },
}

/** A row for each setting, by the path to it. */
function gatewayRows(schema: JsonSchema, path: readonly string[], isRequired: boolean): string[] {
  const { properties, required = [] } = schema
  if (properties !== undefined)
    return Object.entries(properties).flatMap(([name, member]) =>
      gatewayRows(member, [...path, name], required.includes(name)),
    )
  const type = `${kindOf(schema)}${isRequired ? ', required' : ''}`
  return [row(`\`${path.join('.')}\``, type, sentenceOf({ description: '', ...schema }))]
}

function kindOf({ form, type, enum: choices, anyOf }: JsonSchema): string {
  if (form === 'duration' || form === 'file') return form
  if (choices !== undefined) return choices.map((one) => `\`${one}\``).join(' or ')
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(' or ')
  if (type === undefined) return 'object'
  return type === 'array' ? 'list' : type === 'integer' ? 'number' : type
}

function describe({ description }: JsonSchema): string {
  return description === undefined ? '' : sentenceOf({ description })
}

function typeOf({ type = 'object', additionalProperties }: JsonSchema, isRequired = false): string {
  const form = typeof additionalProperties === 'object' ? 'object by name' : type
  return `${form}${isRequired ? ', required' : ''}`
}

function titles({ products: names }: Setting): string {
  const all = Object.entries(products)
  const listed = all.filter(([name]) => names.includes(name)).map(([, { title }]) => title)
  return listed.length === all.length ? 'all' : listed.join(', ')
}

function formOf({ form, choices, required, oneOf }: Setting): string {
  const kind = choices?.map((one) => `\`${one}\``).join(' or ') ?? form ?? 'string'
  return [kind, ...(required ? ['required'] : []), ...(oneOf ? ['one of the two'] : [])].join(', ')
}

function ways({ flag }: Setting): string {
  return flag === undefined ? 'file only' : `\`${optionOf(flag)}\`, \`${variableOf(flag)}\``
}
