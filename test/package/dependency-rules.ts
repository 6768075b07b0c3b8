// Who may import whom: the table of docs/architecture.md, as rules. The test beside this file shows that
// each rule is enforced and that every source file was seen.
import type { DependencyType, IConfiguration, IForbiddenRuleType } from 'dependency-cruiser'

const product = 'packages/jotgate/src'

interface Part {
  parts: readonly string[]
  libraries: readonly string[]
  node: boolean
}

/** The parts of the product: what each may import besides itself. */
export const parts: Readonly<Record<string, Part>> = {
  errors: { parts: [], libraries: [], node: false },
  values: { parts: ['errors'], libraries: [], node: false },
  token: { parts: ['errors', 'values'], libraries: ['jose'], node: false },
  protocol: { parts: ['errors', 'values'], libraries: [], node: false },
  files: { parts: ['errors', 'values'], libraries: [], node: true },
  keys: {
    parts: ['errors', 'values', 'files', 'token'],
    libraries: [
      'jose',
      '@peculiar/x509',
      'reflect-metadata',
      '@peculiar/asn1-pfx',
      '@peculiar/asn1-schema',
    ],
    node: true,
  },
  qlik: { parts: ['errors', 'values', 'protocol', 'token'], libraries: ['undici'], node: true },
  gateway: {
    parts: ['errors', 'values', 'files', 'protocol', 'token', 'keys', 'qlik'],
    libraries: ['pino', 'tldts', 'undici'],
    node: true,
  },
  provision: {
    parts: ['errors', 'values', 'files', 'protocol', 'token', 'keys', 'qlik'],
    libraries: [],
    node: true,
  },
  doctor: {
    parts: [
      'errors',
      'values',
      'files',
      'protocol',
      'token',
      'keys',
      'qlik',
      'provision',
      'gateway',
    ],
    libraries: [],
    node: true,
  },
  browser: { parts: ['errors', 'values', 'protocol'], libraries: [], node: false },
  // Of the parts it takes the types of their options alone; the rule below this table says so.
  config: { parts: ['errors', 'values', 'files', 'token'], libraries: ['zod'], node: true },
  cli: {
    parts: [
      'errors',
      'values',
      'files',
      'protocol',
      'token',
      'keys',
      'qlik',
      'gateway',
      'provision',
      'doctor',
      'browser',
      'config',
    ],
    libraries: ['commander'],
    node: true,
  },
}

const emulator = 'packages/emulator/src'

/** What the files beside the emulator's parts are for: `errors.ts`, `make-folder.ts` and `process-lock.ts`. */
const emulatorErrors = ['errors\\.ts']

/** The parts of the emulator: what each may import of it besides itself. Products meet in `start` alone. */
export const emulatorParts: Readonly<Record<string, readonly string[]>> = {
  engine: [],
  jwt: [],
  http: [],
  pages: ['make-folder\\.ts', 'process-lock\\.ts'],
  tls: [...emulatorErrors, 'make-folder\\.ts', 'process-lock\\.ts'],
  control: [...emulatorErrors, 'engine/', 'jwt/', 'http/', 'pages/'],
  cloud: [...emulatorErrors, 'engine/', 'jwt/', 'http/', 'pages/', 'control/'],
  'client-managed': [...emulatorErrors, 'engine/', 'jwt/', 'http/', 'pages/', 'control/'],
  start: [...emulatorErrors, 'engine/', 'http/', 'tls/', 'control/', 'cloud/', 'client-managed/'],
  'for-tests': [...emulatorErrors, 'start/'],
}

function emulatorRuleOf([part, may]: [string, readonly string[]]): IForbiddenRuleType {
  return {
    name: `emulator-${part}-imports-only-its-parts`,
    comment: `${part}/ of the emulator may import ${may.join(', ') || 'no other part'}`,
    severity: 'error',
    from: { path: `^${emulator}/${part}/`, pathNot: isTest },
    to: { path: `^${emulator}/`, pathNot: `^${emulator}/(${[`${part}/`, ...may].join('|')})` },
  }
}

const emulatorLibraries = [
  'hono',
  '@hono/node-server',
  'ws',
  'enigma.js',
  'vega-datasets',
  'commander',
  '@peculiar/x509',
  'reflect-metadata',
]

/** What the emulator's own pages are built of; none of it is installed with the package. */
const emulatorPageLibraries = ['@nebula.js', '@qlik/api', 'enigma.js', 'vite']

/** Tests, and what they share: neither is published. */
const isFixture = '\\.fixture\\.ts$'
const isTesting = '^packages/emulator/src/[\\w-]+/testing/'
const isTest = `(\\.test\\.ts$|${isFixture}|${isTesting})`

/** Every kind of package, in whichever list of package.json it stands or whether it stands in none. */
const anyLibrary: DependencyType[] = [
  'npm',
  'npm-dev',
  'npm-optional',
  'npm-peer',
  'npm-no-pkg',
  'npm-unknown',
]

/** The libraries as a path in node_modules, for a rule's `pathNot`. */
function inNodeModules(libraries: readonly string[]): string {
  return `node_modules/(${libraries.map((name) => name.replace('/', '\\/')).join('|')})/`
}

function rulesOf([part, may]: [string, Part]): IForbiddenRuleType[] {
  const from = { path: `^${product}/${part}/`, pathNot: isTest }
  const folders = [part, ...may.parts].join('|')
  const rules: IForbiddenRuleType[] = [
    {
      name: `${part}-imports-only-its-parts`,
      comment: `${part}/ may import ${may.parts.join(', ') || 'no other part'}`,
      severity: 'error',
      from,
      to: {
        path: `^(${product}|packages|examples|test|scripts)/`,
        // npm keeps a library in a part's own node_modules where the root has another version of it.
        pathNot: `^${product}/(${folders})/|/node_modules/`,
      },
    },
    {
      name: `${part}-imports-only-its-libraries`,
      comment: `${part}/ may use ${may.libraries.join(', ') || 'no library'}`,
      severity: 'error',
      from,
      to: {
        dependencyTypes: anyLibrary,
        ...(may.libraries.length > 0 ? { pathNot: inNodeModules(may.libraries) } : {}),
      },
    },
  ]
  if (!may.node) {
    rules.push({
      name: `${part}-runs-anywhere`,
      comment: `${part}/ runs in any runtime: nothing of node:`,
      severity: 'error',
      from,
      to: { dependencyTypes: ['core'] },
    })
  }
  return rules
}

export const dependencyRules: IConfiguration & { forbidden: IForbiddenRuleType[] } = {
  forbidden: [
    ...Object.entries(parts).flatMap(rulesOf),
    ...Object.entries(emulatorParts).map(emulatorRuleOf),
    {
      name: 'emulator-state-knows-no-endpoint',
      comment: 'What the tenant knows stands below everything that reads or changes it.',
      severity: 'error',
      from: { path: `^${emulator}/cloud/state/`, pathNot: isTest },
      to: { path: `^${emulator}/`, pathNot: `^${emulator}/cloud/state/` },
    },
    {
      name: 'emulator-shares-no-code-with-jotgate',
      comment:
        'The emulator reads the facts by itself: one wrong idea in shared code would make both agree.',
      severity: 'error',
      from: { path: '^packages/emulator/' },
      to: { path: '^(packages/jotgate|examples|scripts|test)/' },
    },
    {
      name: 'emulator-imports-only-its-libraries',
      severity: 'error',
      from: { path: '^packages/emulator/src/', pathNot: isTest },
      to: {
        dependencyTypes: anyLibrary,
        pathNot: inNodeModules(emulatorLibraries),
      },
    },
    {
      name: 'emulator-pages-import-only-their-libraries',
      severity: 'error',
      from: { path: '^packages/emulator/(pages/|vite\\.config)', pathNot: isTest },
      to: {
        dependencyTypes: anyLibrary,
        pathNot: inNodeModules(emulatorPageLibraries),
      },
    },
    {
      name: 'emulator-pages-run-in-browsers',
      comment: 'Pages and server meet by HTTP alone.',
      severity: 'error',
      from: { path: '^packages/emulator/pages/', pathNot: isTest },
      to: { path: '^packages/emulator/(src|dist)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-does-not-know-its-users',
      comment: 'Examples, scripts and tests use the packages, never the other way round.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(examples|scripts|test|bench)/' },
    },
    {
      name: 'fixtures-are-for-tests',
      comment: 'They may use what tests may use, and the package leaves them out.',
      severity: 'error',
      from: { path: '^(packages|examples)/', pathNot: isTest },
      to: { path: isFixture },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'What the emulator’s tests share in folders of their own is not published either.',
      severity: 'error',
      from: { path: '^(packages|examples|scripts|bench)/', pathNot: isTest },
      to: { path: isTesting },
    },
    {
      name: 'no-part-reaches-past-an-index',
      comment:
        'Another part is imported by its index.ts; public.ts is for users, who have the package.',
      severity: 'error',
      from: { path: `^${product}/([^/]+)/`, pathNot: isTest },
      to: {
        path: `^${product}/[^/]+/`,
        pathNot: [`^${product}/$1/`, `^${product}/[^/]+/index\\.ts$`, isFixture],
      },
    },
    {
      name: 'examples-use-the-public-api',
      comment: 'What people copy must work from the published package.',
      severity: 'error',
      from: { path: '^examples/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: '^packages/(jotgate/src/[a-z]+/public|emulator/src/index)\\.ts$',
      },
    },
    {
      name: 'tests-use-the-public-api',
      comment:
        'What crosses parts is tested as users see it; test/package and test/packed look at the sources. Tests share fixtures.',
      severity: 'error',
      from: { path: '^test/', pathNot: '^test/pack(age|ed)/' },
      to: { path: `^${product}/`, pathNot: `^${product}/[a-z]+/public\\.ts$|${isFixture}` },
    },
    {
      name: 'config-takes-types-alone',
      comment: 'config/ makes plain options for the parts; it never calls them.',
      severity: 'error',
      from: { path: `^${product}/config/`, pathNot: isTest },
      to: { path: `^${product}/token/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-the-command',
      severity: 'error',
      from: { path: '^(packages|examples)/', pathNot: `(^${product}/cli/|/bin/|${isTest})` },
      to: { path: `^${product}/cli/` },
    },
    {
      name: 'no-cycles',
      comment:
        'No two files need each other, not for a type either: it moves to the file that owns it.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^(packages|examples|scripts|test)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What we build ourselves. The libraries' own dist/ counts, or no rule would see most libraries.
    // Templates find one another only where they are written, and tests run them there.
    exclude: { path: '^(packages|examples)/[^/]+/((pages-)?dist[^/]*|templates)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['jotgate-source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
}
