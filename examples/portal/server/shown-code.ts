/**
 * Puts together the code that a page shows: regions of the sources that run, in the order in which
 * they are named, below the imports from packages that they use. What else is not defined in them stands
 * in the file that is named above each.
 *
 * @param places `FILE#REGION` each: what stands between `// #region REGION` and `// #endregion`
 * @param read reads a source by its name in the folder of the pages
 * @throws Error when a source has no such region
 */
export function readShownCode(places: readonly string[], read: (name: string) => string): string {
  const regions = places.map((place) => {
    const [file = '', region = ''] = place.split('#')
    return { file, source: read(file), code: readRegion(read(file), { file, region }) }
  })
  const code = regions.map((region) => region.code).join('\n')
  const imports = new Set(regions.flatMap(({ source }) => packageImports(source, code)))
  const parts = regions.map(({ file, code: text }, index) =>
    file === regions[index - 1]?.file ? text : `// page/${file}\n${text}`,
  )
  return [...(imports.size > 0 ? [[...imports].join('\n')] : []), ...parts].join('\n\n')
}

function readRegion(source: string, { file, region }: { file: string; region: string }): string {
  const lines = source.split('\n')
  const from = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  const to = lines.findIndex((line, index) => index > from && line.trim() === '// #endregion')
  if (from === -1 || to === -1) throw new Error(`${file} has no region ${region} to show`)
  const code = lines.slice(from + 1, to)
  const indents = code.filter((line) => line !== '').map((line) => line.search(/\S/))
  const indent = Math.min(...indents)
  return code.map((line) => line.slice(indent)).join('\n')
}

/** The imports of a source that come from packages, each with those of its names that the code uses. */
function packageImports(source: string, code: string): string[] {
  const isUsed = (name: string) => new RegExp(`(?<![\\w.'"])${name}(?![\\w'"])`).test(code)
  return [
    ...source.matchAll(/^import (?!type )([\s\S]+?) from ('[^.'][^']*'(?: with \{[^}]*\})?)$/gm),
  ].flatMap(([, clause = '', from]) => {
    const [, whole, list = ''] = /^(\w+)?,?\s*(?:\{([\s\S]*)\})?$/.exec(clause) ?? []
    const named = list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ') && isUsed(name))
    const names = [
      ...(whole !== undefined && isUsed(whole) ? [whole] : []),
      ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : []),
    ]
    return names.length > 0 ? [`import ${names.join(', ')} from ${from}`] : []
  })
}
