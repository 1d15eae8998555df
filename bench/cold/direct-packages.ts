/** node direct-packages.ts MODULE: prints the packages that a module and its own files import while they load. */
import { registerHooks } from "node:module";

const [main = ""] = process.argv.slice(2);
const folder = new URL(".", main).href;
const packages = new Set<string>();

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const isOwn = context.parentURL?.startsWith(folder) ?? false;
    const isPackage = !specifier.startsWith(".") && !resolved.url.startsWith("node:");
    if (isOwn && isPackage && !context.parentURL?.includes("/node_modules/")) {
      packages.add(resolved.url);
    }
    return resolved;
  },
});

await import(main);
process.stdout.write(JSON.stringify([...packages]), () => process.exit(0));
