export function startModel() {}
