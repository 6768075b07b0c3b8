import { parseConfig, readConfigText } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { type Call, type CommandSpec, longOf } from '../command.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** `jotgate completion`. */
export const completion: CommandSpec = {
  name: 'completion',
  summary: 'completion for bash, zsh or fish',
  description: 'Prints the script that completes commands, options and their values in a shell.',
  operands: [
    {
      name: 'shell',
      description: 'bash, zsh or fish; deployments prints the names of the configuration file',
    },
  ],
  options: [],
  examples: [
    'jotgate completion bash > ~/.local/share/bash-completion/completions/jotgate',
    'jotgate completion fish > ~/.config/fish/completions/jotgate.fish',
    'source <(jotgate completion zsh)',
  ],
  async run(call) {
    const [asked] = call.operands
    if (asked === 'deployments') return { text: await deploymentNames(call) }
    const shell = shells.find((one) => one === asked)
    if (shell === undefined) throw call.refuse('give one of bash, zsh, fish, deployments')
    const words = wordsOf(await call.allCommands())
    return { text: shell === 'fish' ? fishScript(words) : bashScript(words, shell) }
  },
}

/**
 * The configured names, one a line; none when the file cannot be read, since nobody sees an error here.
 *
 * SECURITY: bash expands what its completion is given. A file with a name that holds more than letters, digits,
 * `.`, `_` and `-` is refused as a whole, so no name can be taken for a command.
 */
async function deploymentNames({ terminal }: Call): Promise<string> {
  try {
    const read = await readConfigText({ folder: terminal.folder })
    if (read === undefined) return ''
    const { deployments } = await parseConfig(read.text, read.file)
    return Object.keys(deployments)
      .map((name) => `${name}\n`)
      .join('')
  } catch (error) {
    if (!isJotgateError(error)) throw error
    return ''
  }
}

const namesCommand = 'jotgate completion deployments 2>/dev/null'

interface Words {
  readonly name: string
  readonly summary: string
  readonly options: readonly {
    long: string
    description: string
    choices: readonly string[]
    takesFile: boolean
  }[]
}

function wordsOf(specs: readonly CommandSpec[]): Words[] {
  return specs.map(({ name, summary, options }) => ({
    name,
    summary,
    options: options.map(({ flags, description, choices = [] }) => ({
      long: `--${longOf(flags)}`,
      description,
      choices,
      takesFile: /<(file|dir)>$/.test(flags),
    })),
  }))
}

/** The options whose value is the name of a file or folder, in all commands. */
function filesOf(words: readonly Words[]): string[] {
  const taking = words.flatMap(({ options }) => options.filter(({ takesFile }) => takesFile))
  return [...new Set(taking.map(({ long }) => long))]
}

/** One function for both: zsh has bash's completion behind bashcompinit. */
function bashScript(words: readonly Words[], shell: 'bash' | 'zsh'): string {
  const groups = new Map<string, string[]>()
  for (const { name } of words) {
    const [first = '', second] = name.split(' ')
    groups.set(first, [...(groups.get(first) ?? []), ...(second === undefined ? [] : [second])])
  }
  // By command: what --as may be differs from one to the other.
  const choices = words.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ long, choices }) => ({
        of: name.includes(' ') ? `"${name} ${long}"` : `"${name} "*" ${long}"`,
        choices,
      })),
  )
  const lines = [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_jotgate() {',
    '  local cur prev words',
    '  cur="$' + '{COMP_WORDS[COMP_CWORD]}"',
    '  prev="$' + '{COMP_WORDS[COMP_CWORD-1]}"',
    '  case "$' + '{COMP_WORDS[1]} $' + '{COMP_WORDS[2]} $prev" in',
    ...choices.map(
      ({ of, choices }) =>
        `    ${of}) COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$cur")); return;;`,
    ),
    '  esac',
    '  case "$prev" in',
    `    ${filesOf(words).join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return;;`,
    `    --deployment) COMPREPLY=($(compgen -W "$(${namesCommand})" -- "$cur")); return;;`,
    '  esac',
    '  case "$' + '{COMP_WORDS[1]} $' + '{COMP_WORDS[2]}" in',
    ...words.map(({ name, options }) => {
      const pattern = name.includes(' ') ? `"${name}"*` : `"${name} "*`
      return `    ${pattern}) words="${options.map(({ long }) => long).join(' ')} --help";;`
    }),
    '  esac',
    '  case "$COMP_CWORD:$' + '{COMP_WORDS[1]}" in',
    `    1:*) words="${[...groups.keys()].join(' ')} help --help --version";;`,
    ...[...groups]
      .filter(([, members]) => members.length > 0)
      .map(([group, members]) => `    2:${group}) words="${members.join(' ')}";;`),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    'complete -F _jotgate jotgate',
    '',
  ]
  return lines.join('\n')
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fishScript(words: readonly Words[]): string {
  const lines = ['complete -c jotgate -f']
  const firsts = new Set<string>()
  for (const { name, summary, options } of words) {
    const [first = '', second] = name.split(' ')
    if (!firsts.has(first)) {
      const words = second === undefined ? summary : `${first} …`
      lines.push(`complete -c jotgate -n __fish_use_subcommand -a ${first} -d ${quoted(words)}`)
    }
    firsts.add(first)
    const inFirst = `__fish_seen_subcommand_from ${first}`
    if (second !== undefined)
      lines.push(`complete -c jotgate -n ${quoted(inFirst)} -a ${second} -d ${quoted(summary)}`)
    const inCommand =
      second === undefined ? inFirst : `${inFirst}; and __fish_seen_subcommand_from ${second}`
    for (const { long, description, choices, takesFile } of options) {
      // The first line turns names of files off; -F turns them on again.
      const files = takesFile ? ' -r -F' : ''
      const values =
        long === '--deployment'
          ? ` -x -a ${quoted(`(${namesCommand})`)}`
          : choices.length > 0
            ? ` -x -a ${quoted(choices.join(' '))}`
            : files
      lines.push(
        `complete -c jotgate -n ${quoted(inCommand)} -l ${long.slice(2)}${values} -d ${quoted(description)}`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}
