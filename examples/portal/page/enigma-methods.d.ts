// enigma.js makes the methods of an engine session from its schema, so its own types have none.
// biome-ignore lint/style/noNamespace: enigma.js declares its types in one.
declare namespace EnigmaJS {
  interface QixObject {
    openDoc(appId: string): Promise<import('@qlik/api/qix').Doc>
  }
}
