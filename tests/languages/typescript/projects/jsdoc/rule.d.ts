import { Book } from "./shelf";
export interface Rule { create(book: Book): void; }
