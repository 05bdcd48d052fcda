export function startCollection() {}
