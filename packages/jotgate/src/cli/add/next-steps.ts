import type { Application } from './application.ts'
import type { Framework } from './frameworks.ts'

/** What a developer does after the files were written, step by step; lines that are typed are indented. */
export function nextSteps(
  { packages, packageManager, isModule }: Application,
  { packages: needed, devPackages, mount, bundle }: Framework,
  base: string,
): readonly { readonly step: string; readonly lines: readonly string[] }[] {
  const missing = needed.filter((name) => !packages.has(name))
  const missingDev = devPackages.filter((name) => !packages.has(name))
  const install = [
    ...(missing.length > 0 ? [`${packageManager.install} ${missing.join(' ')}`] : []),
    ...(missingDev.length > 0 ? [`${packageManager.installDev} ${missingDev.join(' ')}`] : []),
  ]
  return [
    ...(install.length > 0 ? [{ step: 'Install what the files need:', lines: install }] : []),
    ...(mount === undefined
      ? []
      : [{ step: 'Put this into your server:', lines: mountLines(mount, isModule) }]),
    {
      step: 'Start the local Qlik, and leave it running:',
      lines: ['npx jotgate-emulator cloud --admin-key local-only'],
    },
    {
      step: 'In a second terminal, let it trust your application (PAGE_ORIGIN is its address, if not http://localhost:3000):',
      lines: [`node ${base}qlik/set-up.mjs`, ...(bundle === undefined ? [] : [bundle])],
    },
    {
      step: 'Start your application and open /chart. It prints a password to log in with.',
      lines: [],
    },
    { step: `Replace ${base}qlik/login.mjs by your own login.`, lines: [] },
  ]
}

function mountLines(
  { exported, from, line }: NonNullable<Framework['mount']>,
  isModule: boolean,
): readonly string[] {
  const names = `{ ${exported} }`
  return [isModule ? `import ${names} from '${from}'` : `const ${names} = require('${from}')`, line]
}
