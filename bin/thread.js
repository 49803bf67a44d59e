// Where a thread of Muster begins: it runs the module named by its first argument. A thread has no compile cache of
// its own accord, and would load the type stripping for each module anew, which takes time and tens of megabytes.
import module from 'node:module';

module.enableCompileCache();
await import(process.argv[2]);
