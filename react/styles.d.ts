// So that compilers which look for the types of every import find those of the styles: none.
export {};
