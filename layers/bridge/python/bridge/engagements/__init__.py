"""Pure facts of an engagement (uppdrag): the client company, its org number, years and active period."""
