/** A framework that `jotgate add` writes files for. */
export interface Framework {
  /** As it is typed, and as package.json has it. */
  readonly name: string
  readonly title: string
  /** The files: a template's name below `templates/`, and where it goes. */
  readonly files: readonly { readonly template: string; readonly target: string }[]
  /** The packages that the files need besides the framework itself. */
  readonly packages: readonly string[]
  readonly devPackages: readonly string[]
  /** What goes into the application's own server; nothing where files are routes. */
  readonly mount?: { readonly exported: string; readonly from: string; readonly line: string }
  /** Bundles the page, where the framework does not. */
  readonly bundle?: string
  /** Its files are routes below the folder `app`, which may be in `src`. */
  readonly hasAppFolder?: true
}

const from = (folder: string, targets: readonly string[]) =>
  targets.map((target) => ({ template: `${folder}/${target}`, target }))

const shared = from('shared', [
  'qlik/set-up.mjs',
  'qlik/login.mjs',
  'qlik/token.mjs',
  'qlik/draw.mjs',
])

const sharedPackages = ['jotgate', 'enigma.js', '@nebula.js/stardust', '@nebula.js/sn-bar-chart']

/** A server whose pages vite bundles. */
function server(options: {
  name: string
  title: string
  packages?: readonly string[]
  line: string
}): Framework {
  const { name, title, packages = [], line } = options
  const file = `qlik/${name}.mjs`
  return {
    name,
    title,
    files: [...shared, ...from(name, [file]), ...from('bundled', ['qlik/page/index.html'])],
    packages: [...sharedPackages, ...packages],
    devPackages: ['jotgate-emulator', 'vite'],
    mount: { exported: 'qlik', from: `./${file}`, line },
    bundle: 'npx vite build qlik/page --base /chart/',
  }
}

export const frameworks: readonly Framework[] = [
  server({ name: 'express', title: 'Express', line: "app.use('/chart', qlik)" }),
  server({
    name: 'fastify',
    title: 'Fastify',
    packages: ['@fastify/static'],
    line: "app.register(qlik, { prefix: '/chart' })",
  }),
  server({
    name: 'hono',
    title: 'Hono',
    packages: ['@hono/node-server'],
    line: "app.route('/chart', qlik)",
  }),
  {
    name: 'next',
    title: 'Next.js',
    files: [
      ...shared,
      ...from('next', [
        'app/chart/page.jsx',
        'app/chart/chart.jsx',
        'app/chart/login/route.js',
        'app/chart/token/route.js',
      ]),
    ],
    packages: sharedPackages,
    devPackages: ['jotgate-emulator'],
    hasAppFolder: true,
  },
]
