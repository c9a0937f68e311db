"""The course as pages to read: executed lessons without their solutions, the glossary, and the pages for instructors and authors."""
