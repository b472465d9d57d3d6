package page

import "loaxa/admin/route"

func (p *Pages) lookupRoutes() []route.Route { return nil }
