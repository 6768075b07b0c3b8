import { randomBytes } from 'node:crypto'
import { dirname, relative, resolve } from 'node:path'
import {
  configErrors,
  configFileName,
  mergeSettings,
  parseConfig,
  type Settings,
  toDeploymentConfig,
  toSettings,
  withoutProblems,
} from '../../config/index.ts'
import { createNewFiles, isSystemError, makeFolder } from '../../files/index.ts'
import { checkFolder } from '../../keys/index.ts'
import { definedOf, type ProductName, productNames } from '../../values/index.ts'
import type { Call, CommandSpec, OptionSpec, Outcome } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { orInterrupted } from '../interruption.ts'
import { insecureFolderOption, mayUseInsecureFolder } from '../key/insecure-folder.ts'
import { inColumns } from '../layout.ts'
import { timeoutOption } from '../session/credentials.ts'
import { connectionOptions, serviceOptions } from '../session/transport.ts'
import {
  foreignOptions,
  namingProducts,
  readGivenSettings,
  settingOption,
  settingOptions,
} from '../setting-options.ts'
import { toTarget } from '../target.ts'
import { compareImport } from './compare-import.ts'
import { importInWords, type ToldImport } from './import-in-words.ts'
import { type Imported, importers } from './importers.ts'
import { stepToJson } from './plan-to-json.ts'

const ofTenant = { products: ['cloud'], elsewhere: 'client-managed Qlik has virtual proxies' }

/** What is imported of a tenant that has more than one deployment needs. */
const choiceOptions: readonly OptionSpec[] = [
  {
    flags: '--web-integration <name>',
    description: 'the web integration, where there are several: its name or ID; empty for none',
    mayBeEmpty: true,
    ...ofTenant,
  },
  {
    flags: '--csp-entry <host>',
    description: 'a CSP entry beside those of the web integration’s origins',
    repeatable: true,
    ...ofTenant,
  },
  {
    flags: '--space <name>',
    description: 'a space, with its members',
    repeatable: true,
    ...ofTenant,
  },
]

/** `jotgate import`. */
export const importCommand: CommandSpec = {
  name: 'import',
  summary: 'write jotgate.config.json from what Qlik has',
  description:
    'Writes a configuration file with one deployment from an identity provider of Qlik Cloud or a virtual proxy of client-managed Qlik, and the certificate that Qlik has. It reads only, and overwrites nothing. Where there are several, --issuer and --kid or --prefix say which; what bears the same mark of a setup comes with it.',
  options: [
    settingOption('product'),
    settingOption('url'),
    settingOption('issuer'),
    settingOption('kid'),
    settingOption('prefix'),
    settingOption('userDirectory'),
    ...choiceOptions.map(namingProducts),
    ...settingOptions(({ group }) => group === 'administrator'),
    ...serviceOptions,
    ...connectionOptions,
    timeoutOption,
    { flags: '--deployment <name>', description: 'a name for the deployment', otherwise: 'prod' },
    {
      flags: '--keys <dir>',
      description: 'the folder of the certificate, and of the private key',
      otherwise: 'keys',
    },
    insecureFolderOption,
    { flags: '--config <file>', description: 'the file to write', otherwise: configFileName },
    {
      flags: '--print',
      description: 'print the file, and write nothing',
      onlyFlag: true,
    },
    { flags: '--json', description: 'print the result as JSON' },
  ],
  examples: [
    'jotgate import --for cloud --url https://acme.eu.qlikcloud.com --api-key-env QLIK_API_KEY',
    'jotgate import --for client-managed --url https://sense.acme.example --prefix jwt \\\n      --user-directory ACME --client-certificate client.pem --client-key client_key.pem',
    'jotgate import --for cloud --url https://acme.eu.qlikcloud.com --api-key-env QLIK_API_KEY \\\n      --issuer acme.example --print',
  ],
  notes:
    'The private key is nowhere at Qlik: put it where the file says.\nWith --json: { config, certificateFile, deployment, settings, certificate, notImported, unmarked, steps }. steps are what\n`jotgate plan --adopt` would do beside marking.',
  endsOnSignal: true,
  run: runImport,
}

/** Where the files will be. */
interface Places {
  readonly name: string
  /** As it was named. */
  readonly file: string
  readonly path: string
  readonly keyFolder: string
  /** From the working folder, as commands take them. */
  readonly keyFile: string
  readonly certificateFile: string
}

async function runImport(call: Call): Promise<Outcome> {
  const places = readPlaces(call)
  const given = readGiven(call)
  // Which issuer or directory it is comes from Qlik: here they are only asked for by the type.
  const asked = await toTarget(call, [given, { issuer: 'asked', userDirectory: 'asked' }], true)
  const newSetupId = randomBytes(4).toString('hex')
  const source = { call, settings: given, deployment: asked.deployment, newSetupId }
  const reading: Promise<Imported> = importers[given.product](source as never)
  const imported = await orInterrupted(call.signal, reading)
  const { text, settings, deployment, problems } = await toFile(call, places, given, imported)
  const comparing = compareImport(imported, deployment, settings.setup ?? {})
  const comparison = await orInterrupted(call.signal, comparing)
  const { certificate } = imported
  const isPrinted = call.values.isOn('print')
  if (!isPrinted) await writeFiles(call, places, [text, certificate])
  const told: ToldImport = {
    ...comparison,
    url: deployment.url,
    setupId: imported.setup.id,
    keyFile: places.keyFile,
    certificateFile: certificate === undefined || isPrinted ? undefined : places.certificateFile,
    option: places.file === configFileName ? '' : ` --config ${places.file}`,
    notImported: [...imported.notImported, ...problems, ...comparison.notCompared],
  }
  const { file: config, certificateFile } = places
  const files = isPrinted ? {} : { config, ...(certificate && { certificateFile }) }
  return {
    text: isPrinted
      ? text
      : inColumns([
          ['config', config],
          ...(certificate === undefined ? [] : [['certificate', certificateFile]]),
          ['deployment', places.name],
          ['setup', told.setupId],
        ]),
    json: {
      ...files,
      deployment: places.name,
      settings: JSON.parse(text).deployments[places.name],
      certificate,
      notImported: told.notImported,
      unmarked: told.unmarked,
      steps: told.plan.steps.map(stepToJson),
    },
    next: importInWords(told, call.terminal),
  }
}

/** The file’s text, and what every command will read in it. */
async function toFile(
  call: Call,
  { name, file, path, keyFile }: Places,
  { product, url, caFile, authorities, qrs, clientCertificate, administrator }: Settings,
  { settings: found, setup }: Imported,
) {
  const folders = { from: call.terminal.folder, to: dirname(path) }
  const whole = mergeSettings([
    { product, ...definedOf({ url, caFile, authorities, qrs, clientCertificate, administrator }) },
    { key: { file: keyFile }, ...found, setup: setup as NonNullable<Settings['setup']> },
  ])
  const { deployment, problems } = await withoutProblems(toDeploymentConfig(whole, folders))
  const config = {
    $schema: './node_modules/jotgate/config.schema.json',
    deployments: { [name]: deployment },
  }
  const text = `${JSON.stringify(config, null, 2)}\n`
  // Only of what a setup says a part can be left out.
  const others = problems.filter((problem) => !problem.startsWith('setup.'))
  if (others.length > 0)
    throw configErrors.ERR_CONFIG_INVALID({
      file,
      problems: others.map((problem) => `deployments.${name}.${problem}`),
    })
  await parseConfig(text, file)
  const settings = toSettings(deployment, folders.to)
  return { text, problems, ...(await toTarget(call, [settings], true)) }
}

/** Both or neither. */
async function writeFiles(
  call: Call,
  { file, path, keyFolder, certificateFile }: Places,
  [text, certificate]: readonly [string, string | undefined],
) {
  const files = [
    { file: path, mode: 0o644, shown: file, content: text },
    ...(certificate === undefined
      ? []
      : [
          {
            file: resolve(call.terminal.folder, certificateFile),
            mode: 0o644,
            shown: certificateFile,
            content: certificate,
          },
        ]),
  ]
  if (certificate !== undefined) await checkFolder(keyFolder, mayUseInsecureFolder(call))
  try {
    if (certificate !== undefined) await makeFolder(keyFolder)
    const made = await createNewFiles(files)
    await made.write(files.map(({ content }) => content))
  } catch (error) {
    if (!isSystemError(error)) throw error
    const shown = files.find((one) => one.file === error.path)?.shown ?? file
    if (error.code === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file: shown }, { cause: error })
    throw cliErrors.ERR_CLI_OUT({ file: shown, reason: error.code }, { cause: error })
  }
}

function readPlaces({ values, terminal: { folder } }: Call): Places {
  const file = values.text('config') ?? configFileName
  const path = resolve(folder, file)
  const keyFolder = resolve(folder, values.text('keys') ?? 'keys')
  const fromHere = (name: string) => relative(folder, resolve(keyFolder, name))
  return {
    name: values.text('deployment') ?? 'prod',
    file,
    path,
    keyFolder,
    keyFile: fromHere('qlik.pem'),
    certificateFile: fromHere('qlik.cer'),
  }
}

/** What names the tenant or server; nothing of a file counts. */
function readGiven(call: Call): Settings & { readonly product: ProductName } {
  const given = readGivenSettings(call)
  const { product, url } = given
  if (product === undefined || url === undefined)
    throw call.refuse(
      ...(product === undefined ? [`--for is missing: ${productNames.join(' or ')}`] : []),
      ...(url === undefined ? ['--url is missing: the address of Qlik'] : []),
    )
  const foreign = foreignOptions(call, product, choiceOptions)
  if (foreign.length > 0) throw call.refuse(...foreign)
  return { ...given, product }
}
