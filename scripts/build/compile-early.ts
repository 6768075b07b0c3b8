/** A part of a script, as parsers of JavaScript give it (ESTree). */
interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** Reads a script, as vite's `parseAst` does. */
export type Parse = (code: string) => { readonly body: readonly SyntaxNode[] }

/**
 * Writes a script so that V8 compiles those of its functions that will be needed when it loads it. Node
 * keeps what is compiled then for the next run, and nothing that is compiled later: otherwise every run
 * would compile anew each function that it calls, and read it twice for that.
 *
 * V8 takes a function in brackets for one that is called at once. So each function expression gets
 * brackets, and each declaration on the uppermost level is made one, in front of all other statements,
 * since declarations hold from the start. Methods and asynchronous arrows stay as they are.
 *
 * @param isNeeded says of a function by the place where it begins in `code` whether it is worth it
 * @see https://v8.dev/blog/preparser#pife
 */
export function compileEarly(
  code: string,
  parse: Parse,
  isNeeded: (start: number) => boolean,
): string {
  const { body } = parse(code)
  const needed = functionsIn(body, code).filter(({ start }) => isNeeded(start))
  const write = (node: SyntaxNode) => withBrackets(code, node, needed)
  const isDirective = (node: SyntaxNode) => 'directive' in node && node.directive !== null
  const moved = body.filter(isDeclaration).filter(({ start }) => isNeeded(start))
  const rest = body.filter((node) => !isDirective(node) && !moved.some((one) => one === node))
  return [
    ...body.filter(isDirective).map(write),
    ...moved.map((node) => `var ${node.id.name} = (${write(node)});`),
    ...rest.map(write),
    '',
  ].join('\n')
}

function isDeclaration(node: SyntaxNode): node is SyntaxNode & { readonly id: { name: string } } {
  return node.type === 'FunctionDeclaration'
}

/** A method is a function expression too, which begins with its parameters and cannot stand in brackets. */
function functionsIn(part: unknown, code: string): SyntaxNode[] {
  if (typeof part !== 'object' || part === null) return []
  const inside = Object.values(part).flatMap((one) => functionsIn(one, code))
  const node = part as SyntaxNode
  const isExpression =
    node.type === 'ArrowFunctionExpression' ||
    (node.type === 'FunctionExpression' && !code.startsWith('(', node.start))
  return isExpression ? [node, ...inside] : inside
}

function withBrackets(code: string, whole: SyntaxNode, functions: readonly SyntaxNode[]): string {
  const places = functions
    .filter(({ start, end }) => start >= whole.start && end <= whole.end)
    .flatMap(({ start, end }) => [
      { at: start, bracket: '(' },
      { at: end, bracket: ')' },
    ])
    .sort((one, other) => one.at - other.at)
  let text = ''
  let done = whole.start
  for (const { at, bracket } of places) {
    text += code.slice(done, at) + bracket
    done = at
  }
  return text + code.slice(done, whole.end)
}
